/** The text of a file; of a script, with all that it imports, as a browser runs it (`page.config.js`). */
declare module '*?text' {
  const text: string;
  export default text;
}
