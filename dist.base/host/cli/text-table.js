/** Lines whose columns are as wide as their widest cell; the last column is as long as it is. */
export function textTable(rows, indent = "  ") {
    const columns = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: columns }, (_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
    const line = (row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    return rows.map((row) => `${indent}${line(row).trimEnd()}\n`).join("");
}
