// Faults of the host's files and backups.
import { addBackup, now, type Mac } from '#lab/host/mac.ts'

export interface FileControls {
  removeBackup(folder: string, name: string): void
  emptyBackup(folder: string, name: string): void
  /** Sets the age of a backup, in ms. */
  ageBackup(folder: string, name: string, ageMs: number): void
  addBackup(
    folder: string,
    file: { name: string; bytes: number; ageMs: number; head?: string },
  ): void
  writeFile(path: string, text: string): void
  removeFile(path: string): void
}

export const fileControls = (mac: Mac): FileControls => ({
  removeBackup: (folder, name) => void mac.disk.remove(`${folder}/${name}`),
  emptyBackup: (folder, name) => {
    const entry = mac.disk.get(`${folder}/${name}`)
    if (entry !== undefined) Object.assign(entry, { text: '', bytes: 0 })
  },
  ageBackup: (folder, name, ageMs) => {
    const entry = mac.disk.get(`${folder}/${name}`)
    if (entry !== undefined) entry.modifiedAt = now(mac) - ageMs
  },
  addBackup: (folder, file) => addBackup(mac, folder, file),
  writeFile: (path, text) => mac.disk.write(path, text),
  removeFile: path => void mac.disk.remove(path),
})
