/** The function as the program named it, by name or ARN, where AWS means the same; else as AWS does. */
export function functionOf(known: string | undefined, actual: string): string {
  return known !== undefined && nameIn(known) === nameIn(actual) ? known : actual;
}

/** The bare name in a name or an ARN, with or without a qualifier. */
export function nameIn(nameOrArn: string): string {
  const parts = nameOrArn.split(":");
  return (parts[0] === "arn" ? parts[6] : parts[0]) ?? nameOrArn;
}
