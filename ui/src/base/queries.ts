import {
  type InvalidateOptions,
  type InvalidateQueryFilters,
  QueryClient,
} from '@tanstack/react-query';

/**
 * What pages have read from the console.
 *
 * After a change everything is read anew. The library reuses a first reading that is on
 * its way, though: begun before the change, it would stand for what came after it. So
 * those are given up and begun again.
 */
export class Queries extends QueryClient {
  override async invalidateQueries(
    filters: InvalidateQueryFilters = {},
    options: InvalidateOptions = {},
  ): Promise<void> {
    const { predicate } = filters;
    await this.cancelQueries({
      ...filters,
      fetchStatus: 'fetching',
      predicate: (query) =>
        query.state.data === undefined && (predicate === undefined || predicate(query)),
    });
    await super.invalidateQueries(filters, options);
  }
}
