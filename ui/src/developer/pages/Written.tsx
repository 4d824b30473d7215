import { Typography } from '@mantine/core';

/** Markdown that the server rendered and made safe. */
export function Written({ html }: { html: string }) {
  return (
    <Typography className="dev-written">
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the server renders and sanitises it */}
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </Typography>
  );
}
