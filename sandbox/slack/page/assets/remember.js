const YEAR_SECONDS = 31_536_000;

/** Keeps a choice of this browser in a cookie, with which the server renders the page. */
export const remember = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=strict`;
};
