import type { CallLimits } from "../ports.ts";
import { type CallLimitsRow, limitsOf, noLimits } from "./key-table.ts";
import type { Table } from "./table.ts";

export interface WorkspaceRow extends CallLimitsRow {
  id: string;
  name: string;
  kind: "personal" | "platform";
}

export interface Workspace {
  name: string;
  kind: WorkspaceRow["kind"];
  stamp: number;
}

/** Workspaces by id: the first half of access names, and what all calls of each may come to. */
export class WorkspaceTable implements Table<WorkspaceRow> {
  readonly #workspaces = new Map<string, Workspace>();
  readonly #limits = new Map<string, CallLimits>();
  readonly #onRename: (workspaceId: string) => void;

  constructor(onRename: (workspaceId: string) => void) {
    this.#onRename = onRename;
  }

  get(id: string): Workspace | undefined {
    return this.#workspaces.get(id);
  }

  /** The one object that holds a workspace's limits, before and after any change of them. */
  limitsOf(id: string): CallLimits {
    const known = this.#limits.get(id);
    if (known) return known;
    const limits = { ...noLimits };
    this.#limits.set(id, limits);
    return limits;
  }

  put(row: WorkspaceRow, stamp: number): void {
    const known = this.#workspaces.get(row.id);
    Object.assign(this.limitsOf(row.id), limitsOf(row));
    this.#workspaces.set(row.id, { name: row.name, kind: row.kind, stamp });
    if (known?.name !== row.name || known.kind !== row.kind) this.#onRename(row.id);
  }

  remove(id: string): void {
    this.#limits.delete(id);
    if (this.#workspaces.delete(id)) this.#onRename(id);
  }

  sweep(stamp: number): void {
    for (const [id, workspace] of this.#workspaces) if (workspace.stamp < stamp) this.remove(id);
  }
}
