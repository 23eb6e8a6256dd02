/** A label, its input, and what is wrong with it, tied together for those who cannot see that they stand together. */
import type { InputHTMLAttributes } from "react";

type FieldProps = {
  name: string;
  label: string;
  error: string | undefined;
  /** Draws a text area of this many rows in place of a one-line input. */
  rows?: number;
} & Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "autoComplete" | "defaultValue">;

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
