"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

const nearPx = 48;

/**
 * Keeps a scrolling box at its end while it grows, but only while the reader is there: who scrolls up stays where they
 * are. `atEnd` says which, `toEnd` goes there.
 */
export function useStickToEnd(
  box: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): { atEnd: boolean; toEnd: () => void } {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);
  const lastTop = useRef(0);
  const set = useCallback((value: boolean) => {
    stuck.current = value;
    setAtEnd(value);
  }, []);
  const toEnd = useCallback(() => {
    set(true);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [box, set]);
  useEffect(() => {
    const [outer, inner] = [box.current, content.current];
    if (!outer || !inner) return;
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = outer;
      if (scrollHeight - scrollTop - clientHeight < nearPx) set(true);
      // What grows below moves nothing: only the reader scrolls up.
      else if (scrollTop < lastTop.current - 1) set(false);
      lastTop.current = scrollTop;
    };
    const observer = new ResizeObserver(() => {
      if (stuck.current) outer.scrollTop = outer.scrollHeight;
    });
    outer.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(inner);
    observer.observe(outer);
    return () => {
      outer.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, [box, content, set]);
  return { atEnd, toEnd };
}
