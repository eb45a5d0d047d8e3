import { spawnSync } from "node:child_process";

/**
 * Runs `work` with this process, and those that it starts meanwhile, on one CPU, whose number it is
 * told: what is measured by turns must meet the same CPU. Two that look alike are not equally fast
 * where each shares a core with somebody else, who halves its speed for seconds at a time.
 *
 * Needs `taskset` (util-linux); without it `work` is told nothing, and runs wherever it is put.
 */
export async function onOneCpu<T>(work: (cpu: number | undefined) => Promise<T>): Promise<T> {
  const allowed = allowedCpus();
  const cpu = allowed === undefined ? undefined : lateCpu(allowed);
  if (allowed === undefined || cpu === undefined || !stayOn(String(cpu))) return work(undefined);
  try {
    return await work(cpu);
  } finally {
    stayOn(allowed);
  }
}

/** The list of CPUs that this process may use, as `taskset` has it: "0,2-5". */
function allowedCpus(): string | undefined {
  const { status, stdout } = taskset("-cp", String(process.pid));
  return status === 0 ? /: ([\d,:-]+)\s*$/.exec(stdout)?.[1] : undefined;
}

/** One of the last CPUs of such a list: the first ones serve most interrupts. */
export function lateCpu(cpus: string): number | undefined {
  const [, first, last, stride] = /(\d+)(?:-(\d+))?(:\d+)?$/.exec(cpus) ?? [];
  const cpu = stride === undefined ? (last ?? first) : first;
  return cpu === undefined ? undefined : Number(cpu);
}

/** All threads of this process. */
function stayOn(cpus: string): boolean {
  return taskset("-acp", cpus, String(process.pid)).status === 0;
}

function taskset(...words: string[]): { status: number | null; stdout: string } {
  // Its messages are translated.
  const env = { ...process.env, LC_ALL: "C" };
  const { status, stdout, error } = spawnSync("taskset", words, { encoding: "utf8", env });
  return error === undefined ? { status, stdout } : { status: null, stdout: "" };
}
