import { useSessionStorage } from '@mantine/hooks';

/** A text that somebody is typing: it outlives a reload, until it is sent or emptied. */
export function useKept(place: string): [string, (text: string) => void] {
  const [text, keep, forget] = useSessionStorage<string>({
    key: `bramka-text ${place}`,
    defaultValue: '',
    getInitialValueInEffect: false,
  });
  return [text, (next) => (next ? keep(next) : forget())];
}
