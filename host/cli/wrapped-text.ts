/** Text in lines of at most so many columns, where its words are no longer; a number and its % stay together. */
export function wrapped(text: string, columns: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    for (const word of paragraph.split(/ (?!%)/)) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= columns) {
        lines[lines.length - 1] = `${last} ${word}`;
      } else {
        lines.push(word);
      }
    }
    return lines;
  });
}
