import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { EditorProps } from './CodeEditor.tsx';

const CodeEditor = lazy(() => import('./CodeEditor.tsx'));

/** An editor for JSON that arrives when it is first needed. */
export function JsonEditor(props: EditorProps) {
  return (
    <Suspense fallback={<Skeleton h={props.minHeight ?? 160} />}>
      <CodeEditor kind="json" {...props} />
    </Suspense>
  );
}
