/** Where the files of an archive are: a folder, or a bucket. Paths are below its root, with slashes. */
export interface ArchiveStore {
  /** How people name it: a folder, or `s3://bucket/prefix`. */
  readonly place: string;
  /** Writes a file. When its promise resolves, the file is durable, and whole: nobody sees a part of it. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** The paths of files that begin with a prefix, in order; only those after one, where it is given. */
  list(prefix: string, after?: string): AsyncIterable<string>;
  /** The bytes of a file. Throws SW4502 where it cannot be read. */
  read(path: string): AsyncIterable<Uint8Array>;
}
