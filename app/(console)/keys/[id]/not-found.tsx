import { KeyGone } from "#components/keys/key-gone.tsx";

export default function KeyNotFound() {
  return <KeyGone name={null} />;
}
