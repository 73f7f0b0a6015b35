// The icons, drawn in the text's colour.

const icon = (...paths: string[]) =>
  function Icon() {
    return (
      <svg
        viewBox="0 0 24 24"
        className="size-[1.15rem]"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
      >
        {paths.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
    );
  };

export const Send = icon("M12 19V5", "m6 11 6-6 6 6");
export const Stop = icon("M7 7h10v10H7z");
export const Attach = icon("m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8L9.4 17.2a1.7 1.7 0 0 1-2.4-2.4L14.5 7.3");
export const Page = icon("M6 3h8l4 4v14H6z", "M14 3v4h4", "M9 12h6", "M9 16h6");
export const Edit = icon("M4 20h4L19 9l-4-4L4 16z");
export const Copy = icon("M9 9h11v11H9z", "M5 15H4V4h11v1");
export const Done = icon("m5 12 5 5 9-10");
export const Plus = icon("M12 5v14", "M5 12h14");
export const More = icon("M6 12h.01", "M12 12h.01", "M18 12h.01");
export const Menu = icon("M4 7h16", "M4 12h16", "M4 17h16");
export const Cross = icon("m6 6 12 12", "M18 6 6 18");
export const Left = icon("m14 6-6 6 6 6");
export const Right = icon("m10 6 6 6-6 6");
export const Down = icon("M12 5v14", "m6 13 6 6 6-6");
export const Sun = icon("M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8", "M12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5");
export const Moon = icon("M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z");
export const Tool = icon("M14.5 6.5a4 4 0 0 1 5-1.2L17 8l-1 3 3-1 2.3-2.3a4 4 0 0 1-5.5 4.9L8 20l-4-4 7.4-7.8a4 4 0 0 1 3.1-1.7z");
export const Cloud = icon("M7 18h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.3 10.6 3.8 3.8 0 0 0 7 18z");
export const Rain = icon("M7 14h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.3 6.6 3.8 3.8 0 0 0 7 14z", "M8 17v3", "M12 17v3", "M16 17v3");
export const Wind = icon("M3 9h11a3 3 0 1 0-3-3", "M3 13h15a3 3 0 1 1-3 3", "M3 17h7a2 2 0 1 1-2 2");
export const Fog = icon("M5 8h14", "M3 12h14", "M7 16h14", "M9 20h8", "M9 4h6");
export const Again = icon("M20 11A8 8 0 1 0 18 17", "M20 4v7h-7");
export const Speak = icon("M11 5 6 9H3v6h3l5 4z", "M15 9a4 4 0 0 1 0 6", "M18 6a8 8 0 0 1 0 12");
