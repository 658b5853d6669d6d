import type { CallableService } from "../ports.ts";
import { KeyTable } from "./key-table.ts";
import { ServiceTable } from "./service-table.ts";
import { RecordTable } from "./table.ts";
import { type Reach, targetsOf } from "./targets.ts";
import { WorkspaceTable } from "./workspace-table.ts";

export interface PriceRow {
  id: string;
  effectiveFromMs: number;
  inputNano: string;
  cachedInputNano: string;
  outputNano: string;
  imageNano: string | null;
}

export interface ModelRow {
  id: string;
  kind: CallableService["model"]["kind"];
  contextLength: number;
  maxOutputTokens: number;
  sortOrder: number;
  prices: PriceRow[] | null;
}

export interface RegionRow {
  id: string;
  name: string;
  driver: CallableService["driver"];
}

/** A user that may act; a disabled one has no row. */
export interface UserRow {
  id: string;
  /** That it is a member of. */
  workspaceIds: string[];
}

/** Everything that the gateway knows of the database. */
export class Tables {
  /** Another one after each change of what the catalog is made from. */
  epoch = 0;
  readonly users = new RecordTable<UserRow>();
  readonly models = new RecordTable<ModelRow>(() => this.#touch());
  readonly regions = new RecordTable<RegionRow>(() => this.#touch());
  readonly workspaces: WorkspaceTable = new WorkspaceTable((id) => this.services.rename(id));
  readonly services: ServiceTable = new ServiceTable(
    (id) => this.workspaces.get(id)?.name ?? null,
    (rows) => targetsOf(rows, this.#reach),
    () => this.#touch(),
  );
  readonly keys = new KeyTable(
    (id) => this.workspaces.limitsOf(id),
    (id) => this.users.get(id)?.id ?? id,
  );

  readonly #reach: Reach;

  constructor(reach: Reach = { credentials: null, remote: false }) {
    this.#reach = reach;
  }

  #touch(): void {
    this.epoch += 1;
  }
}
