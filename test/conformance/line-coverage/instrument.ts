import ts from "typescript";

/** A source that tells of each statement that is executed. */
export interface Instrumented {
  readonly text: string;
  /** Lines that have a statement, counted from 1; the number that is told is a place here. */
  readonly lines: readonly number[];
}

const CALL = "__cover";

/** Puts a call of `cover(first + n)` ahead of the n-th line with a statement. AssemblyScript parses as TypeScript. */
export function instrument(text: string, first: number): Instrumented {
  const source = ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true);
  const lines: number[] = [];
  const edits: { at: number; insert: string }[] = [];
  const mark = (statement: ts.Statement): string => {
    const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
    let place = lines.indexOf(line + 1);
    if (place < 0) place = lines.push(line + 1) - 1;
    return `${CALL}(${first + place}); `;
  };
  const wrap = (body: ts.Statement): void => {
    if (ts.isBlock(body)) return;
    edits.push({ at: body.getStart(), insert: `{ ${mark(body)}` }, { at: body.end, insert: " }" });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) {
      for (const each of node.statements) edits.push({ at: each.getStart(), insert: mark(each) });
    } else if (ts.isIfStatement(node)) {
      wrap(node.thenStatement);
      if (node.elseStatement !== undefined) wrap(node.elseStatement);
    } else if (ts.isIterationStatement(node, false)) {
      wrap(node.statement);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {
    text: applied(text, edits) + `\nimport { cover as ${CALL} } from "./coverage";\n`,
    lines,
  };
}

function applied(text: string, edits: readonly { at: number; insert: string }[]): string {
  let done = "";
  let from = 0;
  // Of two at the same place the outer one was found first.
  for (const { at, insert } of [...edits].sort((one, other) => one.at - other.at)) {
    done += text.slice(from, at) + insert;
    from = at;
  }
  return done + text.slice(from);
}
