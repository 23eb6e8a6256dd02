/**
 * A session and its storage have this shape in Remix 2 and React Router 7 and 8. It is written down here so that the
 * folder imports nothing (rules 1.1, 1.4).
 */

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
type Any = any;

/** An app without types of its own gets these. */
export type SessionData = Record<string, Any>;

type FlashKey<Key extends string> = `__flash_${Key}__`;

export interface Session<Data = SessionData, FlashData = Data> {
  /** It is empty until the first commit. */
  readonly id: string;
  /** It holds all values, and all flashes as `__flash_name__`. */
  readonly data: Partial<Data & { [Key in keyof FlashData as FlashKey<Key & string>]: FlashData[Key] }>;
  /** Only the wrapper has it: `commitSession` takes `session.getSession()`, not the wrapper (rule 4.13). */
  readonly getSession?: never;
  has(name: (keyof Data | keyof FlashData) & string): boolean;
  /** Removes a flash that it reads. */
  get<Key extends (keyof Data | keyof FlashData) & string>(
    name: Key,
  ):
    | (Key extends keyof Data ? Data[Key] : undefined)
    | (Key extends keyof FlashData ? FlashData[Key] : undefined)
    | undefined;
  set<Key extends keyof Data & string>(name: Key, value: Data[Key]): void;
  flash<Key extends keyof FlashData & string>(name: Key, value: FlashData[Key]): void;
  unset(name: keyof Data & string): void;
}

/** A Session of any data and any package. */
export interface AnySession {
  readonly id: string;
  readonly data: Any;
  readonly getSession?: never;
  has(name: Any): boolean;
  get(name: Any): Any;
  set(name: Any, value: Any): void;
  flash(name: Any, value: Any): void;
  unset(name: Any): void;
}

/** `new SuperflareSession(session)` infers its data types with these. */
export type DataOf<S extends { data: unknown }> = {
  [Key in keyof S["data"] as Key extends FlashKey<string> ? never : Key]-?: S["data"][Key];
};
export type FlashDataOf<S extends { data: unknown }> = string extends keyof S["data"]
  ? SessionData
  : { [Key in keyof S["data"] as Key extends FlashKey<infer Name> ? Name : never]-?: S["data"][Key] };

/**
 * The type of a value under one key: what JSON gives back as it was. A union of keys is no key, since the value might be of
 * another one (rule 4.2).
 */
export type Storable<Data, Key extends keyof Data> =
  IsUnion<Key> extends true ? never : Key extends "user" ? Data[Key] & (string | number) : Json<Data[Key]>;
type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;
type Json<T> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? T
    : T extends string | number | boolean | null
      ? T
      : T extends undefined | bigint | symbol | Lost
        ? never
        : { [Name in keyof T]: Json<Exclude<T[Name], undefined>> | Extract<T[Name], undefined> };
type Lost =
  | Date
  | URL
  | RegExp
  | ReadonlySet<Any>
  | ReadonlyMap<Any, Any>
  | Promise<Any>
  | ArrayBuffer
  | ArrayBufferView
  | ((...given: Any[]) => Any);

export interface CommitOptions {
  /** The cookie expires after so many seconds. An explicit `undefined` makes it end with the browser. */
  maxAge?: number | undefined;
  expires?: Date | undefined;
  /** The server ends the session this many seconds after its last renewal. Otherwise `maxAge` decides. */
  idleTimeout?: number | undefined;
}

export interface SessionStorage<Data = SessionData, FlashData = Data> {
  getSession(cookieHeader?: string | null): Promise<Session<Data, FlashData>>;
  /** Stores the session and resolves to its `Set-Cookie` line. */
  commitSession(session: Session<Data, FlashData>, options?: CommitOptions): Promise<string>;
  /** Ends the session and resolves to the line that removes its cookie. */
  destroySession(session: Session<Data, FlashData>): Promise<string>;
}
