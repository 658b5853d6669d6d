import type { ServiceState } from "#lib/contracts/services.ts";

/** Every state by the name that the console shows, and what it means to the reader. */
export const serviceStates: Record<Exclude<ServiceState, "deleted">, { name: string; text: string }> = {
  pending: {
    name: "Pending",
    text: "It is waiting to be started. Where something is missing, such as room on a machine, the page names it.",
  },
  downloading: { name: "Downloading", text: "The weights are being downloaded. You see how much of them is there, and how fast it goes." },
  starting: { name: "Starting", text: "Instances are loading the model. They answer in a moment." },
  running: { name: "Running", text: "All instances are ready, and calls are answered." },
  scaling: { name: "Scaling", text: "Instances are being added or removed. Those that are ready go on answering." },
  degraded: {
    name: "Degraded",
    text: "Some instances are not ready. The others answer; the missing ones are started again by themselves.",
  },
  failed: {
    name: "Failed",
    text: "No instance could be started. The reason and the time of the next try are shown; Retry starts at once.",
  },
  stopping: { name: "Stopping", text: "New calls are refused, running ones are finished." },
  stopped: { name: "Stopped", text: "Nothing runs and nothing is billed. Start brings it back under the same name." },
  suspended: { name: "Suspended", text: "The balance no longer covers the next minute. After a credit it starts by itself." },
  deleting: { name: "Deleting", text: "Running calls are finished, instances end, then the service is gone." },
};
