/** What the console asks of a password: characters, at least. */
export const SHORTEST = 8;
