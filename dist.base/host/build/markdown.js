/** A table of Markdown, its columns padded to one width. */
export function table(head, rows) {
    const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
    const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column].length)));
    const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
    const [first, ...others] = escaped;
    return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)];
}
/** The head of a generated page. */
export function page(title) {
    return [
        `# ${title}`,
        "",
        '<!-- Generated from host/spec by "npm run generate"; edit that instead. -->',
        "",
    ];
}
