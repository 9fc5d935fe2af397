/* Boots an image in one preset after the other: cc boot.c $(pkg-config --cflags --libs hvmbed) -o boot
 * boot OVMF.fd hvm-1g pvh-4g … */
#include <inttypes.h>
#include <stdio.h>

#include <hvmbed.h>

static void tell(const struct hvmbed_finding *f)
{
    printf("  %s %s in %s: %s\n", hvmbed_finding_fingerprint(f), hvmbed_finding_rule(f), hvmbed_finding_phase(f),
           hvmbed_finding_text(f));
    printf("    by %s+0x%" PRIx64 "\n", hvmbed_finding_module(f), hvmbed_finding_offset(f));
}

int main(int argc, char **argv)
{
    int worst = 0;
    struct hvmbed *bed = hvmbed_new();
    if (bed == NULL || argc < 3) {
        fprintf(stderr, "usage: boot FIRMWARE PRESET...\n");
        return 2;
    }
    if (!hvmbed_image_file(bed, argv[1])) {
        fprintf(stderr, "boot: %s\n", hvmbed_error(bed));
        hvmbed_free(bed);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        if (!hvmbed_layout_preset(bed, argv[i]) || !hvmbed_boot(bed)) {
            fprintf(stderr, "boot: %s\n", hvmbed_error(bed));
            worst = 2;
            continue;
        }
        printf("%s: %s in %s, %zu findings\n", argv[i], hvmbed_ending(bed), hvmbed_phase(bed),
               hvmbed_finding_count(bed));
        for (size_t k = 0; k < hvmbed_finding_count(bed); k++)
            tell(hvmbed_finding_at(bed, k));
        if (hvmbed_exit_code(bed) > worst)
            worst = hvmbed_exit_code(bed);
    }
    hvmbed_free(bed);
    return worst;
}
