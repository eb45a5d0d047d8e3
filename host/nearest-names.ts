/** Those of the known names that may have been meant: one is a part of the other, or they differ by a slip. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const lower = name.toLowerCase();
  return known.filter((each) => {
    const other = each.toLowerCase();
    return other.includes(lower) || lower.includes(other) || isOneSlipFrom(lower, other);
  });
}

/** Whether two texts differ in one letter: another one, one more, one less, or two that changed places. */
function isOneSlipFrom(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (text: string, from: number) => text.slice(start + from);
  return (
    rest(a, 1) === rest(b, 1) ||
    rest(a, 1) === rest(b, 0) ||
    rest(a, 0) === rest(b, 1) ||
    (a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2))
  );
}
