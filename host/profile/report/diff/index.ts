export * from "./profile-diff.js";
export { readProfile, storedProfile, type StoredProfile } from "./profile-file.js";
