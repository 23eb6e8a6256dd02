/** A label, its input and its error, linked for screen readers. */
import type { InputHTMLAttributes } from "react";

type FieldProps = {
  name: string;
  label: string;
  error: string | undefined;
  /** Renders a text area with this many rows instead of a one-line input. */
  rows?: number;
} & Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "autoComplete" | "defaultValue" | "maxLength">;

export function Field({ name, label, error, rows, type = "text", ...rest }: FieldProps) {
  const attributes = {
    ...rest,
    id: name,
    name,
    required: true,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": error ? `${name}-error` : undefined,
    className: "input",
  };

  return (
    <div className={error ? "border-l-4 border-danger pl-4" : undefined}>
      <label htmlFor={name} className="font-semibold">
        {label}
      </label>
      {error && (
        <p id={`${name}-error`} className="font-medium text-danger">
          {error}
        </p>
      )}
      {rows ? <textarea {...attributes} rows={rows} /> : <input {...attributes} type={type} />}
    </div>
  );
}
