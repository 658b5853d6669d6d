/** The same object, with a word after each call of the methods of these names: `step` may throw, and then so does the call. */
export function stepping<T extends object>(target: T, names: readonly string[], step: () => void): T {
  return new Proxy(target, {
    get(inner, name) {
      const member = Reflect.get(inner, name);
      if (typeof member !== "function") return member;
      if (!names.includes(String(name))) return member.bind(inner);
      return async (...args: unknown[]) => {
        const result = await member.apply(inner, args);
        step();
        return result;
      };
    },
  });
}

/** What a deployer writes, and what it does to processes. */
export const databaseSteps = ["$transaction", "$executeRaw", "$queryRaw"];
export const driverSteps = ["start", "stop", "end"];
