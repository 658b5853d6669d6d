import type { Driver } from "./driver.ts";

/**
 * A driver whose code is loaded with its first call: a cluster's client costs half a second and 70 MB, which an installation
 * without a cluster need not pay. Until it is loaded there is nothing to watch.
 */
export function lazyDriver(load: () => Promise<Driver>): Driver {
  let loading: Promise<Driver> | null = null;
  let onChange: (serviceId: string) => void = () => {};
  let closed = false;
  async function loadNow(): Promise<Driver> {
    const driver = await load();
    driver.watch((serviceId) => onChange(serviceId));
    if (closed) driver.close();
    return driver;
  }
  const driver = () => {
    loading ??= loadNow();
    return loading;
  };
  return {
    obstacle: async (spec) => (await driver()).obstacle(spec),
    start: async (ref, spec) => (await driver()).start(ref, spec),
    observe: async (ref) => (await driver()).observe(ref),
    stop: async (ref, how) => (await driver()).stop(ref, how),
    list: async () => (await driver()).list(),
    end: async (running) => (await driver()).end(running),
    logs: async (ref, cursor) => (await driver()).logs(ref, cursor),
    prune: async (live) => (await driver()).prune(live),
    watch(tell) {
      onChange = tell;
    },
    close() {
      closed = true;
      void loading?.then(
        (loaded) => loaded.close(),
        () => {},
      );
    },
  };
}
