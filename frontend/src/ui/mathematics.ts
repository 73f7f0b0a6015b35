// Brings the ways in which models write mathematics to the one that is parsed: $$…$$, on lines of its own where it is set apart.

const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/;
const APART = /^(?<before>[ \t]*)\$\$(?<line>[^$\n]+)\$\$[ \t]*$|(?<=^(?<indent>[ \t]*).*)\\\[(?<brackets>[\s\S]+?)\\\]/;
// As Pandoc has it: $5 and $6 are prices.
const INLINE = /\\\((?<parentheses>.+?)\\\)|(?<![\\$\w])\$(?![\s$])(?<dollars>[^$\n]*[^$\s\\])\$(?![\w$])/;
const ANY = new RegExp([CODE, APART, INLINE].map(({ source }) => source).join("|"), "gm");

export const withDollars = (text: string) =>
  text.replace(ANY, (whole, ...found) => {
    const { before, line, indent, brackets, parentheses, dollars }: Record<string, string | undefined> = found.at(-1);
    const apart = line ?? brackets;
    const inline = parentheses ?? dollars;
    if (apart !== undefined) return ["", "$$", ...apart.trim().split("\n"), "$$", ""].join(`\n${before ?? indent ?? ""}`);
    return inline === undefined ? whole : `$$${inline}$$`;
  });
