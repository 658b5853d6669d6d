import type { CallableService, InstanceTarget } from "../ports.ts";
import type { Table } from "./table.ts";
import type { InstanceRow } from "./targets.ts";

export interface ServiceRow
  extends Pick<CallableService, "id" | "workspaceId" | "billing" | "wanted" | "state" | "reason" | "reasonData" | "createdAt"> {
  name: string;
  modelId: string;
  regionId: string;
  instances: InstanceRow[] | null;
  /** Tokens of one request that every ready instance takes; null: as many as the model. */
  contextLength: number | null;
}

export interface ServiceRecord {
  row: ServiceRow;
  instances: InstanceTarget[];
  stamp: number;
  /** Under which it can be found; null while its owner is unknown. */
  accessName: string | null;
  /** As callers are shown it, until something of it changes or another price comes into force. */
  shown: { service: CallableService; epoch: number; untilMs: number } | null;
}

/** Services that are not being deleted, by id, access name and owner. */
export class ServiceTable implements Table<ServiceRow> {
  readonly #byId = new Map<string, ServiceRecord>();
  readonly #byName = new Map<string, ServiceRecord>();
  readonly #byOwner = new Map<string, Set<ServiceRecord>>();
  readonly #ownerName: (workspaceId: string) => string | null;
  readonly #toTargets: (rows: InstanceRow[]) => InstanceTarget[];
  readonly #onChange: () => void;

  constructor(
    ownerName: (workspaceId: string) => string | null,
    toTargets: (rows: InstanceRow[]) => InstanceTarget[],
    onChange: () => void,
  ) {
    this.#ownerName = ownerName;
    this.#toTargets = toTargets;
    this.#onChange = onChange;
  }

  find(accessName: string): ServiceRecord | undefined {
    return this.#byName.get(accessName);
  }

  ownedBy(workspaceId: string): Iterable<ServiceRecord> {
    return this.#byOwner.get(workspaceId) ?? [];
  }

  values(): Iterable<ServiceRecord> {
    return this.#byId.values();
  }

  put(row: ServiceRow, stamp: number): void {
    this.#unlist(row.id);
    this.#list({ row, instances: this.#toTargets(row.instances ?? []), stamp, accessName: null, shown: null });
    this.#onChange();
  }

  remove(id: string): void {
    if (this.#unlist(id)) this.#onChange();
  }

  sweep(stamp: number): void {
    for (const [id, record] of this.#byId) if (record.stamp < stamp) this.remove(id);
  }

  /** The owner has another name. */
  rename(workspaceId: string): void {
    const records = [...this.ownedBy(workspaceId)];
    for (const { row } of records) this.#unlist(row.id);
    for (const { row, instances, stamp } of records) this.#list({ row, instances, stamp, accessName: null, shown: null });
    this.#onChange();
  }

  #list(record: ServiceRecord): void {
    const { id, workspaceId, name } = record.row;
    const owner = this.#ownerName(workspaceId);
    this.#byId.set(id, record);
    const owned = this.#byOwner.get(workspaceId);
    if (owned) owned.add(record);
    else this.#byOwner.set(workspaceId, new Set([record]));
    if (owner === null) return;
    record.accessName = `${owner}/${name}`;
    this.#byName.set(record.accessName, record);
  }

  #unlist(id: string): boolean {
    const record = this.#byId.get(id);
    if (!record) return false;
    const { workspaceId } = record.row;
    this.#byId.delete(id);
    const owned = this.#byOwner.get(workspaceId);
    owned?.delete(record);
    if (owned?.size === 0) this.#byOwner.delete(workspaceId);
    // A name that was given back may be another's by now.
    if (record.accessName !== null && this.#byName.get(record.accessName) === record) this.#byName.delete(record.accessName);
    return true;
  }
}
