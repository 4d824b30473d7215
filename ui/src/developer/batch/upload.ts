import { ApiError, csrfToken } from '../../api/client.ts';
import type { Uploaded } from './job.ts';

/** Sends a file; `fetch` cannot tell how far it is, so the older way does it. */
export function upload(file: File, progress: (share: number) => void): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/developer/uploads?filename=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('X-CSRF-Token', csrfToken());
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onerror = () => reject(new ApiError(0, { code: 'Unreachable' }));
    request.onload = () => {
      const body: unknown = read(request.responseText);
      if (request.status < 300) resolve(body as Uploaded);
      else reject(new ApiError(request.status, (body as { error?: object })?.error ?? {}));
    };
    request.send(file);
  });
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
