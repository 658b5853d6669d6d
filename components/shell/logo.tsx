/** Three heads on one body. */
export function Logo({ className = "size-5" }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M12 21v-9M12 14c0-4-6-3-6-8M12 14c0-4 6-3 6-8M12 12V5" />
      <circle cx="6" cy="4" r="1.5" fill="currentColor" />
      <circle cx="12" cy="3.5" r="1.5" fill="currentColor" />
      <circle cx="18" cy="4" r="1.5" fill="currentColor" />
    </svg>
  );
}
