import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist", "coverage", "node_modules", "assembly/generated"] },
  eslint.configs.recommended,
  {
    files: ["host/**/*.ts", "test/**/*.ts", "bench/**/*.ts", "*.config.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    // AssemblyScript: the same parser, but no types that typescript-eslint could use. Its integer
    // types are names that the compiler knows, and `==` between integers is the language's own.
    files: ["assembly/**/*.ts"],
    extends: [tseslint.configs.recommended],
    rules: { "no-undef": "off", "@typescript-eslint/no-unused-vars": "error" },
  },
);
