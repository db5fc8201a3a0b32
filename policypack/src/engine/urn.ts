/** The project in `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
export function projectOf(urn: string): string {
  return urn.split("::")[1] ?? "";
}
