/** A property of Pulumi's package schema. Source: Pulumi's documentation, "Pulumi package schema". */
export interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly description?: string;
  /** Known at once: never an output of another resource. */
  readonly plain?: boolean;
}

/** An object with named properties. */
export interface ObjectType {
  readonly description?: string;
  readonly properties: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}
