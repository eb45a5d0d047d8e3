/** Cases of chapter 3, one file to a topic. */
export const chapter3 = [];
