package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// The files of a pod's volumes: by the volume's name, then by path.
type volumeFiles map[string]map[string][]byte

// mounts of a container as options of the container runtime. Paths are inserted unchanged. With a
// volume of an unknown kind, or of a claim that is not NFS, all of the container's mounts are
// dropped.
func (s *scripts) mounts(pod *corev1.Pod, container corev1.Container, folder string, files volumeFiles) (string, error) {
	var all strings.Builder
	for _, mount := range container.VolumeMounts {
		at := slices.IndexFunc(pod.Spec.Volumes, func(volume corev1.Volume) bool { return volume.Name == mount.Name })
		if at < 0 {
			return "", fmt.Errorf("could not find volume %s in pod %s", mount.Name, pod.Name)
		}
		mode := ":rw"
		if mount.ReadOnly {
			mode = ":ro"
		}
		volume := pod.Spec.Volumes[at]
		switch kind := volumeKind(volume); kind {
		case "":
			return "", nil
		case "emptyDirs":
			here := filepath.Join(folder, kind, volume.Name)
			s.folders = append(s.folders, here)
			all.WriteString(" --bind " + here + ":" + mount.MountPath + mode + "  ")
		case "hostPath":
			host := volume.HostPath
			if host.Type == nil || *host.Type != corev1.HostPathDirectory && *host.Type != corev1.HostPathDirectoryOrCreate {
				return "", fmt.Errorf("unsupported hostPath type for volume %s in pod %s", volume.Name, pod.Name)
			}
			all.WriteString(" --bind " + host.Path + ":" + mount.MountPath)
			if mount.ReadOnly {
				all.WriteString(mode)
			}
		default:
			for _, path := range slices.Sorted(maps.Keys(files[volume.Name])) {
				here := filepath.Join(folder, kind, mount.Name, path)
				s.files[here] = files[volume.Name][path]
				target := mount.MountPath
				if mount.SubPath == "" {
					target = filepath.Join(target, path)
				}
				all.WriteString(" --bind " + here + ":" + target + mode + " ")
			}
		}
	}
	return strings.TrimSuffix(all.String(), ","), nil
}

// volumeKind is the folder of the volume's files, or empty for an unknown kind of volume.
func volumeKind(volume corev1.Volume) string {
	switch {
	case volume.ConfigMap != nil:
		return "configMaps"
	case volume.Projected != nil:
		return "projectedVolumeMaps"
	case volume.Secret != nil:
		return "secrets"
	case volume.EmptyDir != nil:
		return "emptyDirs"
	case volume.HostPath != nil:
		return "hostPath"
	case volume.DownwardAPI != nil:
		return "downwardAPIs"
	default:
		return ""
	}
}

// A source is the Secret, ConfigMap or field from which a volume, or a part of it, is filled.
type source struct {
	secret, configMap string // a name, or empty
	optional          *bool
	items             []corev1.KeyToPath
	fields            []corev1.DownwardAPIVolumeFile
	token             string // a path, or empty
}

func sources(volume corev1.Volume) []source {
	switch {
	case volume.Secret != nil:
		return []source{{secret: volume.Secret.SecretName, optional: volume.Secret.Optional, items: volume.Secret.Items}}
	case volume.ConfigMap != nil:
		return []source{{configMap: volume.ConfigMap.Name, optional: volume.ConfigMap.Optional, items: volume.ConfigMap.Items}}
	case volume.DownwardAPI != nil:
		return []source{{fields: volume.DownwardAPI.Items}}
	case volume.Projected == nil:
		return nil
	}
	var all []source
	for _, part := range volume.Projected.Sources {
		switch {
		case part.Secret != nil:
			all = append(all, source{secret: part.Secret.Name, optional: part.Secret.Optional, items: part.Secret.Items})
		case part.ConfigMap != nil:
			all = append(all, source{configMap: part.ConfigMap.Name, optional: part.ConfigMap.Optional, items: part.ConfigMap.Items})
		case part.DownwardAPI != nil:
			all = append(all, source{fields: part.DownwardAPI.Items})
		case part.ServiceAccountToken != nil:
			all = append(all, source{token: part.ServiceAccountToken.Path})
		}
	}
	return all
}

// A reader returns the content of a Secret or ConfigMap by key.
type reader func(secret, configMap string) (map[string][]byte, error)

// filesOf reads the sources of the pod's volumes.
func filesOf(pod *corev1.Pod, read reader) (volumeFiles, error) {
	files := volumeFiles{}
	for _, volume := range pod.Spec.Volumes {
		files[volume.Name] = map[string][]byte{}
		for _, from := range sources(volume) {
			if err := from.fill(pod, read, files[volume.Name]); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func (s source) fill(pod *corev1.Pod, read reader, files map[string][]byte) error {
	for _, field := range s.fields {
		files[field.Path] = []byte(downward(pod, field.FieldRef))
	}
	if s.token != "" {
		files[s.token] = nil
	}
	if s.secret == "" && s.configMap == "" {
		return nil
	}
	content, err := read(s.secret, s.configMap)
	if err != nil {
		if s.optional != nil && *s.optional && apierrors.IsNotFound(err) {
			return nil
		}
		return err
	}
	if len(s.items) == 0 {
		maps.Copy(files, content)
	}
	for _, item := range s.items {
		files[item.Path] = content[item.Key]
	}
	return nil
}

func downward(pod *corev1.Pod, field *corev1.ObjectFieldSelector) string {
	if field == nil {
		return ""
	}
	switch field.FieldPath {
	case "metadata.name":
		return pod.Name
	case "metadata.namespace":
		return pod.Namespace
	case "metadata.uid":
		return string(pod.UID)
	default:
		return ""
	}
}

// fromCluster reads Secrets and ConfigMaps of the pod's namespace.
func fromCluster(ctx context.Context, client kubernetes.Interface, namespace string) reader {
	return func(secret, configMap string) (map[string][]byte, error) {
		if secret != "" {
			found, err := client.CoreV1().Secrets(namespace).Get(ctx, secret, metav1.GetOptions{})
			if err != nil {
				return nil, err
			}
			return found.Data, nil
		}
		found, err := client.CoreV1().ConfigMaps(namespace).Get(ctx, configMap, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		content := map[string][]byte{}
		for key, value := range found.Data {
			content[key] = []byte(value)
		}
		return content, nil
	}
}

// fromNowhere replaces any Secret and ConfigMap: one key, no content.
func fromNowhere(string, string) (map[string][]byte, error) {
	return map[string][]byte{"key": nil}, nil
}
