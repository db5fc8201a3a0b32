const LONGEST = 200;

/**
 * A name for a message: in double quotes, control and invisible formatting characters escaped, cut at
 * about 200 characters. What an attacker names a file must not be able to write to a terminal.
 */
export function quote(name: string): string {
  const cut = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
