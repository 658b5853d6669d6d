import type { CDPSession, Page } from "@playwright/test";

/** What a page does with its event stream and with requests, as the browser itself reports it. */
export interface Watched {
  /** Streams that are open now. */
  open(): number;
  /** Kinds of the messages that have come, in order. */
  kinds(): string[];
  /** Paths of the requests that were sent for services and models. */
  requests(): string[];
  forget(): void;
}

const shown = /^\/api\/(services|models)\b/;

/** Watches a page from its next navigation on. */
export async function watchStream(page: Page): Promise<Watched> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  const streams = new Set<string>();
  let heard: string[] = [];
  let asked: string[] = [];
  cdp.on("Network.requestWillBeSent", ({ requestId, type, request }) => {
    const { pathname } = new URL(request.url);
    if (type === "EventSource") streams.add(requestId);
    if (shown.test(pathname)) asked.push(pathname);
  });
  cdp.on("Network.loadingFinished", ({ requestId }) => streams.delete(requestId));
  cdp.on("Network.loadingFailed", ({ requestId }) => streams.delete(requestId));
  cdp.on("Network.eventSourceMessageReceived", ({ data }) => heard.push((JSON.parse(data) as { kind: string }).kind));
  await cdp.send("Network.enable");
  return {
    open: () => streams.size,
    kinds: () => heard,
    requests: () => asked,
    forget() {
      heard = [];
      asked = [];
    },
  };
}

/** Tells the page that nobody sees it any more, or that it is seen again, as a browser does when another tab is chosen. */
export async function setVisible(page: Page, visible: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    },
    visible ? "visible" : "hidden",
  );
}
