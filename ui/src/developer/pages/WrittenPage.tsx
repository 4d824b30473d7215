import { useSuspenseQuery } from '@tanstack/react-query';
import { Page } from '../../base/Page.tsx';
import { pageQuery } from '../data.ts';
import { Written } from './Written.tsx';

/** A page that the publisher wrote. */
export default function WrittenPage({ params }: { params: { slug: string } }) {
  const page = useSuspenseQuery(pageQuery(decodeURIComponent(params.slug))).data;
  return (
    <Page title={page.title}>
      <Written html={page.html} />
    </Page>
  );
}
