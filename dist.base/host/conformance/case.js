/** Cases of one section: `id` is what follows the section. */
export function casesOf(section, cases) {
    return cases.map((each) => {
        const where = each.section ?? section;
        return { ...each, section: where, id: `VTD-${where}-${each.id}` };
    });
}
