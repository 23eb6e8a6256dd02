/** Whether a part of the app that a variable can switch is there: "on" or "off" decides; without either, only development has it. */
export function isOn(setting: string | undefined): boolean {
  return setting ? setting === "on" : process.env.NODE_ENV === "development";
}
