import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

// For `npm run dev`: the server that answers the page.
const { BACKEND = "http://localhost:8002" } = loadEnv("development", ".", "BACKEND");
const ROUTES = ["/assistant", "/resume", "/cancel", "/models"];

export default defineConfig({
  base: "./", // under whatever path the page is served
  plugins: [react(), tailwindcss()],
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
