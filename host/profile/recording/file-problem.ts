const problems: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the quota of its disk is used up",
  EFBIG: "larger than a file may be here",
  EIO: "its disk does not work",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space is left on its disk",
  ENOTDIR: "a part of its path is a file, not a folder",
  EPERM: "the system does not allow it",
  EROFS: "its file system is read-only",
};

/** Why the system refused to open, make, read or write a file: a part of a sentence, for people. */
export function fileProblem(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const words = problems[code];
  return words === undefined ? message : `${words} (${code})`;
}
