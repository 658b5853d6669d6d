import { ServiceMissing } from "#components/services/service-gone.tsx";

export default function ServiceNotFound() {
  return <ServiceMissing />;
}
