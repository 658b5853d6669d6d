import type { CallableService, Catalog, Price } from "../ports.ts";
import type { ServiceRecord } from "./service-table.ts";
import type { PriceRow, Tables } from "./tables.ts";

/**
 * Services, their price in force and their ready instances, from memory.
 * @param mustHold throws while the snapshot may not be believed
 * @param now the database's time in milliseconds: prices come into force by its clock
 */
export function catalogOf(tables: Tables, mustHold: () => void, now: () => number): Catalog {
  let open: { epoch: number; records: ServiceRecord[] } = { epoch: -1, records: [] };

  function openToAll(): ServiceRecord[] {
    if (open.epoch !== tables.epoch) {
      const records = [...tables.services.values()].filter((record) => isPublic(tables, record));
      open = { epoch: tables.epoch, records: inListOrder(tables, records) };
    }
    return open.records;
  }

  return {
    find(accessName) {
      mustHold();
      const record = tables.services.find(accessName);
      return record ? shown(tables, record, now()) : null;
    },
    visibleTo(workspaceId) {
      mustHold();
      const own = [...tables.services.ownedBy(workspaceId)].filter((record) => !isPublic(tables, record));
      const at = now();
      return [...openToAll(), ...inListOrder(tables, own)].flatMap((record) => shown(tables, record, at) ?? []);
    },
    hasRegion(name) {
      mustHold();
      for (const region of tables.regions.values()) if (region.name === name) return true;
      return false;
    },
  };
}

function isPublic(tables: Tables, { row }: ServiceRecord): boolean {
  return row.billing === "token" && tables.workspaces.get(row.workspaceId)?.kind === "platform";
}

/** As the catalog's pages have them. */
function inListOrder(tables: Tables, records: ServiceRecord[]): ServiceRecord[] {
  const place = ({ row }: ServiceRecord) => tables.models.get(row.modelId)?.sortOrder ?? 0;
  return records.sort((a, b) => place(a) - place(b) || (a.row.name < b.row.name ? -1 : 1));
}

/** A service as callers see it; built anew only after a change, or when another price has come into force. */
function shown(tables: Tables, record: ServiceRecord, nowMs: number): CallableService | null {
  const kept = record.shown;
  if (kept && kept.epoch === tables.epoch && nowMs < kept.untilMs) return kept.service;
  const { id, workspaceId, billing, wanted, state, reason, reasonData, createdAt, modelId, regionId } = record.row;
  const model = tables.models.get(modelId);
  const region = tables.regions.get(regionId);
  if (!model || !region || record.accessName === null) return null;
  const { kind, maxOutputTokens } = model;
  const contextLength = Math.min(model.contextLength, record.row.contextLength ?? Number.POSITIVE_INFINITY);
  const { price, untilMs } = priceAt(model.prices ?? [], nowMs);
  const service: CallableService = {
    ...{ id, workspaceId, billing, wanted, state, reason, reasonData, createdAt, price },
    accessName: record.accessName,
    isPublic: isPublic(tables, record),
    driver: region.driver,
    region: region.name,
    model: { id: modelId, kind, contextLength, maxOutputTokens },
    instances: record.instances,
  };
  record.shown = { service, epoch: tables.epoch, untilMs };
  return service;
}

/** The newest price whose time has come, and when the next one's does. */
function priceAt(rows: PriceRow[], nowMs: number): { price: Price | null; untilMs: number } {
  let inForce: PriceRow | null = null;
  let untilMs = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.effectiveFromMs > nowMs) untilMs = Math.min(untilMs, row.effectiveFromMs);
    else if (!inForce || row.effectiveFromMs > inForce.effectiveFromMs) inForce = row;
  }
  return { price: inForce && priceOf(inForce), untilMs };
}

function priceOf({ id, inputNano, cachedInputNano, outputNano, imageNano }: PriceRow): Price {
  return {
    id,
    rates: {
      inputNano: BigInt(inputNano),
      cachedInputNano: BigInt(cachedInputNano),
      outputNano: BigInt(outputNano),
      imageNano: imageNano === null ? null : BigInt(imageNano),
    },
  };
}
