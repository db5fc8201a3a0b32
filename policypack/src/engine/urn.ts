/** The project in `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
export function projectOf(urn: string): string {
  return urn.split("::")[1] ?? "";
}

/** The stack in it. */
export function stackOf(urn: string): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}
