/** Where a function is. Nothing else identifies it: a namesake in another region or account is another function. */
export interface Place {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** Without qualifier. */
  readonly name: string;
}

/** A function's ARN without qualifier. @param partition `aws`, `aws-cn`, `aws-us-gov` */
export function arnOf({ account, region, name }: Place, partition = "aws"): string {
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

/** Key of maps and of state by function. */
export function keyOf({ account, region, name }: Place): string {
  return `${account}/${region}/${name}`;
}
