/** Formats that the schema and the reader of usual documents share. */

/** What a trust policy calls an authority. */
export const AUTHORITY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** An AWS account id. */
export const ACCOUNT = /^\d{12}$/;

/** An AWS region. */
export const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
