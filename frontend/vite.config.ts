import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";

// For `npm run dev`: the server that answers the page.
const { BACKEND = "http://localhost:8002" } = loadEnv("development", ".", "BACKEND");
const ROUTES = ["/assistant", "/resume", "/cancel", "/models", "/threads"];

/** KaTeX's fonts as WOFF2 alone, which every browser here reads. */
const onlyWoff2: Plugin = {
  name: "only-woff2",
  enforce: "pre",
  transform: { filter: { id: /katex.*\.css$/ }, handler: (code) => code.replace(/,url\([^)]+\.(woff|ttf)\) format\("\w+"\)/g, "") },
};

export default defineConfig({
  base: "./", // under whatever path the page is served
  plugins: [onlyWoff2, react(), tailwindcss()],
  resolve: { alias: [{ find: /^assistant-cloud(\/.*)?$/, replacement: new URL("no-cloud.ts", import.meta.url).pathname }] },
  server: { proxy: Object.fromEntries(ROUTES.map((route) => [route, BACKEND])) },
  build: {
    // Files import each other by these names, so it is these that the server's template takes, from the manifest.
    manifest: "manifest.json",
    assetsInlineLimit: 0, // fonts as files: the policy allows no data: ones
    rolldownOptions: { input: "src/main.tsx" },
    target: "es2023",
  },
});
