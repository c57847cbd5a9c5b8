/* pn_names.h -- which names in an archive's folder are ours.  Layer: store.  Paths to them: pn_manifest.h. */
#ifndef PN_NAMES_H
#define PN_NAMES_H
#include "store/pn_manifest.h"

typedef enum { PN_NAMED_OTHER, PN_NAMED_MANIFEST, PN_NAMED_TEMP, PN_NAMED_ASIDE, PN_NAMED_IDX, PN_NAMED_DOC, PN_NAMED_DEL, PN_NAMED_INPUTS } pn_named;
typedef struct { pn_named what; uint32_t segment, generation; } pn_name;     /* 0 where a kind has none */

/* Only names of exactly our form, with numbers from 1 to 2^32 - 1 in ten digits, are ours; all others are OTHER. */
pn_name pn_name_of(const char *s);

/* Where a manifest lies before its rename. */
PN_MUST_CHECK pn_status pn_manifest_temp_path(char *out, const char *dir, uint32_t generation, pn_error *err);
/* Where an unfinished writer's lies. */
PN_MUST_CHECK pn_status pn_manifest_aside_path(char *out, const char *dir, uint32_t generation, pn_error *err);
#endif
