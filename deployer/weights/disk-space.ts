import { statfs } from "node:fs/promises";

/** Not enough room for what is left to download. */
export class DiskFullError extends Error {
  override name = "DiskFullError";
  readonly needsBytes: number;
  readonly freeBytes: number;

  constructor(needsBytes: number, freeBytes: number) {
    super(`needs ${needsBytes} bytes, ${freeBytes} are free`);
    this.needsBytes = needsBytes;
    this.freeBytes = freeBytes;
  }
}

export interface DiskSpace {
  /** Throws {@link DiskFullError} where `bytes` more would leave less than the reserve. */
  require(folder: string, bytes: number): Promise<void>;
  /** What a failed write means: {@link DiskFullError} where the disk was full, else the error itself. */
  explain(error: unknown, folder: string, bytes: number): Promise<unknown>;
}

/** Bytes that an ordinary user may still write where `folder` lies. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Watches the room on a disk; `reserveBytes` always stay free, because the database and the logs may share it. */
export function createDiskSpace(reserveBytes: number, freeBytes: (folder: string) => Promise<number> = freeBytesOf): DiskSpace {
  return {
    async require(folder, bytes) {
      const free = await freeBytes(folder);
      if (free < bytes + reserveBytes) throw new DiskFullError(bytes + reserveBytes, free);
    },
    async explain(error, folder, bytes) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code !== "ENOSPC" && code !== "EDQUOT") return error;
      return new DiskFullError(bytes + reserveBytes, await freeBytes(folder).catch(() => 0));
    },
  };
}
