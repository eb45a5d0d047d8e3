/** Cases of chapter 4, one file to a topic. */
export const chapter4 = [];
